import { expect, test } from "vitest";
import { executableBeside, isSameServer, resolveServer, type Surroundings } from "../src/resolution";

const PRIVATE = "/home/me/.storage/environment/bin/fastidious";

function surroundings(executables: string[], changes: Partial<Surroundings> = {}): Surroundings {
  return {
    configured: [],
    bundledOnly: false,
    isTrusted: true,
    folders: ["/work/shop"],
    searchPath: "/usr/local/bin:/usr/bin",
    privateServer: PRIVATE,
    platform: "linux",
    interpreter: async () => "/work/shop/.venv/bin/python",
    isExecutable: async (file) => executables.includes(file),
    ...changes,
  };
}

const BESIDE = "/work/shop/.venv/bin/fastidious";
const ON_PATH = "/usr/bin/fastidious";

test("the environment of the project comes before PATH, and PATH before the private environment", async () => {
  expect(await resolveServer(surroundings([PRIVATE, ON_PATH, BESIDE]))).toMatchObject({
    command: BESIDE,
    args: ["server"],
    origin: "interpreter",
  });
  expect(await resolveServer(surroundings([PRIVATE, ON_PATH]))).toMatchObject({ command: ON_PATH });
  expect(await resolveServer(surroundings([PRIVATE]))).toMatchObject({ command: PRIVATE });
});

test("what is configured wins, and the first of it that exists", async () => {
  const configured = ["/opt/none", "/opt/fastidious"];
  const found = await resolveServer(surroundings(["/opt/fastidious", BESIDE], { configured }));
  expect(found).toMatchObject({ command: "/opt/fastidious", origin: "setting" });
});

test("a configured server that is not there is said, and no other one is taken for it", async () => {
  const found = await resolveServer(surroundings([BESIDE], { configured: ["/opt/none"] }));
  expect(found).toEqual({ reason: "The setting fastidious.path names `/opt/none`, which cannot be run." });
});

test("nothing of a workspace without trust is run", async () => {
  const searchPath = "/work/shop/bin:bin:.:/work/shop-tools";
  const untrusted = { isTrusted: false, searchPath };
  const planted = [BESIDE, "/work/shop/bin/fastidious", "bin/fastidious", "fastidious"];
  expect(await resolveServer(surroundings(planted, untrusted))).toHaveProperty("reason");
  expect(await resolveServer(surroundings([...planted, "/work/shop-tools/fastidious"], untrusted))).toMatchObject({
    command: "/work/shop-tools/fastidious",
  });
});

test("the interpreter of a workspace without trust is not even asked for", async () => {
  const interpreter = (): Promise<string> => Promise.reject(new Error("asked"));
  expect(await resolveServer(surroundings([ON_PATH], { isTrusted: false, interpreter }))).toMatchObject({
    command: ON_PATH,
  });
});

test("a relative folder of PATH is never searched", async () => {
  expect(await resolveServer(surroundings(["bin/fastidious"], { searchPath: "bin" }))).toHaveProperty("reason");
});

test("who wants the server of the extension gets no other", async () => {
  const bundledOnly = true;
  expect(await resolveServer(surroundings([BESIDE, ON_PATH, PRIVATE], { bundledOnly }))).toMatchObject({
    origin: "private environment",
  });
  expect(await resolveServer(surroundings([BESIDE, ON_PATH], { bundledOnly }))).toEqual({
    reason: "The private environment of the extension has no Fastidious server yet.",
  });
});

test("the reason for no server says where it was looked for", async () => {
  expect(await resolveServer(surroundings([]))).toEqual({
    reason:
      "No Fastidious server was found: looked in the active Python environment, " +
      "on PATH and in the extension's private environment.",
  });
});

test.each([
  ["/venv/bin/python", "linux", "/venv/bin/fastidious"],
  ["C:\\venv\\Scripts\\python.exe", "win32", "C:\\venv\\Scripts\\fastidious.exe"],
  ["C:\\Python312\\python.exe", "win32", "C:\\Python312\\Scripts\\fastidious.exe"],
] as const)("beside %s on %s lies %s", (interpreter, platform, expected) => {
  expect(executableBeside(interpreter, "fastidious", platform)).toBe(expected);
});

test("servers are the same if their commands are, wherever they were found", () => {
  const server = { command: "/a", args: ["server"], origin: "setting" } as const;
  expect(isSameServer(server, { ...server, origin: "search path" })).toBe(true);
  expect(isSameServer(server, { ...server, command: "/b" })).toBe(false);
  expect(isSameServer(server, undefined)).toBe(false);
});
