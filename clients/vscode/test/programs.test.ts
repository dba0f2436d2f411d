import { expect, test } from "vitest";
import { isExecutable, pythonEnvironment, run, start } from "../src/programs";

const NODE = process.execPath;

test("what leads Python astray is kept away from it", () => {
  const environment = pythonEnvironment({ PATH: "/bin", PYTHONPATH: "/work/shop", PythonHome: "/x", LANG: "C" });
  expect(environment).toEqual({ PATH: "/bin", LANG: "C", PYTHONSAFEPATH: "1", PYTHONUTF8: "1" });
});

test("a program's lines are heard as they come, and its exit code is returned", async () => {
  const heard: string[] = [];
  const script = "process.stdout.write('one\\ntw'); process.stdout.write('o\\r\\nthree'); process.exitCode = 3";
  const outcome = await run({ command: NODE, args: ["-e", script] }, (line) => heard.push(line));
  expect(heard).toEqual(["one", "two", "three"]);
  expect(outcome).toEqual({ code: 3, output: "one\ntwo\r\nthree" });
});

test("a program runs in its own folder, not in that of the workspace", async () => {
  const { output } = await run({ command: NODE, args: ["-p", "process.cwd()"] });
  expect(NODE.startsWith(output.trim())).toBe(true);
});

test("a program that is cancelled ends", async () => {
  let cancel = (): void => undefined;
  const cancellation = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      cancel = listener;
      return { dispose: () => undefined };
    },
  };
  const script = "console.log('ready'); setInterval(() => {}, 1000)";
  const outcome = await run({ command: NODE, args: ["-e", script] }, () => cancel(), cancellation);
  expect(outcome.code).toBeNull();
});

test("a program that is not there is an error, not a crash", async () => {
  await expect(start({ command: "/nowhere/fastidious", args: [] })).rejects.toThrow("ENOENT");
});

test("only files that may be run, named in full, are executables", async () => {
  expect(await isExecutable(NODE)).toBe(true);
  expect(await isExecutable(__filename)).toBe(false);
  expect(await isExecutable("/usr")).toBe(false);
  expect(await isExecutable("/nowhere")).toBe(false);
});
