import * as os from "node:os";
import { expect, test } from "vitest";
import manifest from "../package.json";
import { serverKeys } from "../src/manifest";
import { chosenSettings, expanded, readSettings } from "../src/settings";

/** Settings where `chosen` is what a user wrote, and everything else has a default. */
function configuration(chosen: Record<string, unknown>) {
  return {
    get: (key: string, fallback?: unknown) => (key in chosen ? chosen[key] : fallback),
    inspect: (key: string) => ({ key, defaultValue: "default", workspaceValue: chosen[key] }),
  } as Parameters<typeof readSettings>[0];
}

test("defaults are not sent, for they would hide what the project says", () => {
  expect(chosenSettings(configuration({ ignore: ["naming"] }), ["profile", "ignore"])).toEqual({ ignore: ["naming"] });
});

test("a setting that is chosen is sent even if it is false", () => {
  expect(chosenSettings(configuration({ codeLens: false }), ["codeLens"])).toEqual({ codeLens: false });
});

test("without settings the usual holds", () => {
  expect(readSettings(configuration({}), undefined)).toEqual({
    enable: true,
    path: [],
    interpreter: [],
    importStrategy: "fromEnvironment",
    showNotifications: "onWarning",
  });
});

test("variables in paths are replaced", () => {
  const found = readSettings(configuration({ path: ["${workspaceFolder}/.venv/bin/fastidious"] }), "/work/shop");
  expect(found.path).toEqual(["/work/shop/.venv/bin/fastidious"]);
  expect(expanded("~/bin/f", undefined, {})).toBe(`${os.homedir()}/bin/f`);
  expect(expanded("${userHome}/f", undefined, {})).toBe(`${os.homedir()}/f`);
  expect(expanded("${env:TOOLS}/f", undefined, { TOOLS: "/tools" })).toBe("/tools/f");
  expect(expanded("/a~b", undefined, {})).toBe("/a~b");
});

test("the server is told its own settings and none of the extension's", () => {
  const keys = serverKeys(manifest);
  expect(keys).toContain("select");
  expect(keys).toContain("diagnosticMode");
  expect(keys).not.toContain("path");
  expect(keys).not.toContain("trace.server");
});

test("settings that name programs count only in workspaces with trust", () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  expect(restricted).toEqual(expect.arrayContaining(["fastidious.path", "fastidious.interpreter"]));
});

test("the usual of the code is what the settings page shows", () => {
  const [client] = manifest.contributes.configuration;
  const shown = Object.entries(client?.properties ?? {}).map(([key, { default: value }]) => [key.slice(11), value]);
  expect(Object.fromEntries(shown)).toMatchObject(readSettings(configuration({}), undefined));
});
