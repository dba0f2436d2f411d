import { beforeEach, expect, test, vi } from "vitest";
import { EventEmitter, extensions, Uri } from "vscode";
import { PythonExtensionInterpreters } from "../src/interpreter";
import { interpretersToTry } from "../src/python";

const changed = new EventEmitter<unknown>();
const log = { warn: vi.fn() };
let executable: Uri | undefined;

function install(): void {
  const api = {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath: () => ({ path: "/venv" }),
      resolveEnvironment: async () => ({ executable: { uri: executable } }),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
  vi.mocked(extensions.getExtension).mockReturnValue({ activate: async () => api } as never);
}

beforeEach(() => {
  executable = Uri.file("/venv/bin/python");
  vi.mocked(extensions.getExtension).mockReturnValue(undefined);
});

test("without the Python extension there is no active interpreter", async () => {
  expect(await new PythonExtensionInterpreters(log).active(undefined)).toBeUndefined();
});

test("a Python extension that is installed later is noticed", async () => {
  const interpreters = new PythonExtensionInterpreters(log);
  await interpreters.active(undefined);
  install();
  expect(await interpreters.active(undefined)).toBe("/venv/bin/python");
});

test("another active interpreter is news", async () => {
  install();
  const interpreters = new PythonExtensionInterpreters(log);
  const heard = vi.fn();
  interpreters.onDidChange(heard);
  await interpreters.active(undefined);
  changed.fire({ path: "/other" });
  expect(heard).toHaveBeenCalledOnce();
});

test("a Python extension that fails is no reason to have no server", async () => {
  vi.mocked(extensions.getExtension).mockReturnValue({ activate: () => Promise.reject(new Error("broken")) } as never);
  expect(await new PythonExtensionInterpreters(log).active(undefined)).toBeUndefined();
  expect(log.warn).toHaveBeenCalledWith(expect.stringContaining("broken"));
});

test("the newest Python on PATH is tried first, the one of the project last", async () => {
  const there = ["/usr/bin/python3", "/opt/bin/python3.13", "/venv/bin/python"];
  const found = await interpretersToTry({
    isTrusted: true,
    searchPath: "/usr/bin:/opt/bin:relative",
    platform: "linux",
    interpreter: async () => "/venv/bin/python",
    isExecutable: async (file) => there.includes(file),
  });
  expect(found).toEqual(["/opt/bin/python3.13", "/usr/bin/python3", "/venv/bin/python"]);
});
