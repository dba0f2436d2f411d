import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach, expect, test } from "vitest";
import {
  CancelledError,
  type Installation,
  InstallationError,
  isNewEnough,
  PrivateEnvironment,
} from "../src/environment";

let folder: string;
let bundled: string;
let heard: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "fastidious-"));
  bundled = path.join(folder, "bundled");
  heard = [];
  await mkdir(bundled);
});

/** Write a shell script that plays Python: `venv` copies it into the environment, `pip` writes down its arguments. */
async function fakePython(version: string, pip = "exit 0"): Promise<string> {
  const file = path.join(folder, `python-${version}`);
  const script = `#!/bin/sh
case "$*" in
  -Ic*) echo ${version} ;;
  "-Im venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) echo "$*" > "${folder}/pip"; ${pip} ;;
esac
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

function installation(interpreters: string[], isCancelled = false): Installation {
  return {
    interpreters,
    cancellation: {
      isCancellationRequested: isCancelled,
      onCancellationRequested: () => ({ dispose: () => undefined }),
    },
    report: (step) => heard.push(step),
    log: () => undefined,
  };
}

function environment(): PrivateEnvironment {
  return new PrivateEnvironment(path.join(folder, "storage"), bundled, "linux");
}

test("the bundled server is installed with the first Python that is new enough", async () => {
  await writeFile(path.join(bundled, "fastidious_lsp-1.0-py3-none-any.whl"), "");
  const interpreters = [await fakePython("3.10"), "/nowhere/python", await fakePython("3.12")];
  await environment().install(installation(interpreters));
  expect(heard).toEqual(["Looking for Python", "Creating an environment", "Installing the server and what it needs"]);
  const pip = await readFile(path.join(folder, "pip"), "utf8");
  expect(pip.trim().split(" ").at(-1)).toBe(path.join(bundled, "fastidious_lsp-1.0-py3-none-any.whl"));
});

test("no index is named, so that the user's own pip configuration holds", async () => {
  await writeFile(path.join(bundled, "a.whl"), "");
  await environment().install(installation([await fakePython("3.12")]));
  expect(await readFile(path.join(folder, "pip"), "utf8")).not.toContain("index");
});

test("an environment made from another wheel than the extension brings is outdated", async () => {
  await writeFile(path.join(bundled, "fastidious-1.whl"), "");
  expect(await environment().isOutdated()).toBe(false);
  await environment().install(installation([await fakePython("3.11")]));
  expect(await environment().isOutdated()).toBe(false);
  await writeFile(path.join(bundled, "fastidious-0.whl"), "");
  expect(await environment().isOutdated()).toBe(true);
});

test("a failure of pip is told in its own words", async () => {
  await writeFile(path.join(bundled, "a.whl"), "");
  const python = await fakePython("3.12", "echo 'ERROR: No matching distribution found for pygls'; exit 1");
  await expect(environment().install(installation([python]))).rejects.toThrow(
    "ERROR: No matching distribution found for pygls (the log has all of it)",
  );
});

test("without a suitable Python it is said which one is needed", async () => {
  await writeFile(path.join(bundled, "a.whl"), "");
  const install = environment().install(installation([await fakePython("3.9")]));
  await expect(install).rejects.toThrow("Fastidious needs Python 3.11 or newer and found none.");
});

test("without a bundled server nothing is installed", async () => {
  await expect(environment().install(installation([]))).rejects.toBeInstanceOf(InstallationError);
});

test("an installation that is cancelled is no failure", async () => {
  await writeFile(path.join(bundled, "a.whl"), "");
  const install = environment().install(installation([await fakePython("3.12")], true));
  await expect(install).rejects.toBeInstanceOf(CancelledError);
});

test.each([
  ["3.11", true],
  ["3.10", false],
  ["4.0", true],
  ["2.7", false],
  ["nonsense", false],
])("Python %s runs the server: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
