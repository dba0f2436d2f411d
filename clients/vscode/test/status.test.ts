import { beforeEach, expect, test, vi } from "vitest";
import { languages } from "vscode";
import { appearance, Status } from "../src/status";

const item: Record<string, unknown> = { dispose: vi.fn() };

beforeEach(() => {
  languages.createLanguageStatusItem = vi.fn(() => item) as unknown as typeof languages.createLanguageStatusItem;
});

test("a server that runs is shown with its version and where it came from", () => {
  expect(appearance({ kind: "working", version: "1.2", origin: "interpreter" })).toMatchObject({
    text: "Fastidious 1.2",
    detail: "from the interpreter",
    busy: false,
    isError: false,
  });
});

test("no server is an error that offers to install one", () => {
  expect(appearance({ kind: "missing", reason: "none" })).toMatchObject({
    isError: true,
    command: { command: "fastidious.installServer" },
  });
});

test("a failure offers the log", () => {
  expect(appearance({ kind: "failed", reason: "x" })).toMatchObject({
    isError: true,
    command: { command: "fastidious.showServerLogs" },
  });
});

test("the item is busy for as long as one of several activities lasts", () => {
  const status = new Status();
  status.show({ kind: "working", version: "1.2", origin: "setting" });
  status.track("a", "indexing");
  status.track("b", "reviewing");
  expect(item).toMatchObject({ busy: true, detail: "reviewing" });
  status.track("b", undefined);
  expect(item).toMatchObject({ busy: true, detail: "indexing" });
  status.track("a", undefined);
  expect(item).toMatchObject({ busy: false, text: "Fastidious 1.2" });
});

test("what an old server was busy with ends with it", () => {
  const status = new Status();
  status.track("a", "indexing");
  status.show({ kind: "stopped" });
  expect(item).toMatchObject({ busy: false, detail: "stopped" });
});
