import { beforeEach, expect, test, vi } from "vitest";
import { Uri, workspace } from "vscode";
import { activityOf, clientOptions, type Surroundings } from "../src/client";

let explained: string[];
let tracked: unknown[][];

beforeEach(() => {
  explained = [];
  tracked = [];
  vi.mocked(workspace.getConfiguration).mockReturnValue({
    get: (key: string) => (key === "ignore" ? ["naming"] : undefined),
    inspect: (key: string) => ({ key, globalValue: key === "ignore" ? ["naming"] : undefined }),
  } as never);
});

function options() {
  return clientOptions({
    channel: {},
    keys: ["select", "ignore"],
    notifications: () => "off",
    track: (...call: unknown[]) => tracked.push(call),
    explain: async (rule: string) => {
      explained.push(rule);
    },
  } as unknown as Surroundings);
}

test("the server is told at once what the user chose, and which commands code lenses may use", () => {
  const initial = options().initializationOptions as () => unknown;
  expect(initial()).toEqual({ ignore: ["naming"], clientCommands: ["fastidious.showLocations"] });
});

test("diagnostics are asked for whenever they may differ", () => {
  expect(options()).toMatchObject({
    diagnosticPullOptions: { onChange: true, onSave: true, onFocus: true, onTabs: true },
  });
});

test("settings are read for the folder that the server asks about", () => {
  const items = [{ section: "fastidious", scopeUri: "file:///work/shop" }];
  const configuration = options().middleware?.workspace?.configuration as unknown as (params: object) => unknown;
  expect(configuration({ items })).toEqual([{ ignore: ["naming"] }]);
  expect(workspace.getConfiguration).toHaveBeenLastCalledWith("fastidious", Uri.parse("file:///work/shop"));
});

test("to explain a rule is to show its guide", async () => {
  const next = vi.fn();
  await options().middleware?.executeCommand?.("fastidious.explainRule", ["sql-injection"], next);
  expect(explained).toEqual(["sql-injection"]);
  expect(next).not.toHaveBeenCalled();
});

test("every other command goes to the server", async () => {
  const next = vi.fn();
  await options().middleware?.executeCommand?.("fastidious.restartIndex", [], next);
  expect(next).toHaveBeenCalledWith("fastidious.restartIndex", []);
});

test("progress is shown by the status as well", () => {
  const next = vi.fn();
  const report = { kind: "report", message: "3 of 9 files" } as const;
  options().middleware?.handleWorkDoneProgress?.("token", report, next);
  expect(tracked).toEqual([["token", "3 of 9 files"]]);
  expect(next).toHaveBeenCalledWith("token", report);
});

test("progress says what it is about until it ends", () => {
  expect(activityOf({ kind: "begin", title: "Fastidious: indexing" })).toBe("Fastidious: indexing");
  expect(activityOf({ kind: "report", percentage: 3 })).toBe("working");
  expect(activityOf({ kind: "end" })).toBeUndefined();
});
