import { beforeEach, expect, test, vi } from "vitest";
import { commands, Location, Position, Range, Uri, window } from "vscode";
import { MessageType } from "vscode-languageclient/node";
import { showLocations } from "../src/locations";
import { notify } from "../src/notifications";
import { offerWays } from "../src/offers";

const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };

beforeEach(() => {
  vi.clearAllMocks();
});

test("a message interrupts only whom it is grave enough for", () => {
  const message = "settings: unknown key";
  notify({ type: MessageType.Warning, message }, "onError", log);
  expect(window.showWarningMessage).not.toHaveBeenCalled();
  notify({ type: MessageType.Warning, message }, "onWarning", log);
  expect(window.showWarningMessage).toHaveBeenCalledExactlyOnceWith(message);
});

test("a message that does not interrupt is in the log all the same", () => {
  notify({ type: MessageType.Error, message: "no" }, "off", log);
  notify({ type: MessageType.Info, message: "well" }, "off", log);
  expect(log.error).toHaveBeenCalledWith("no");
  expect(log.info).toHaveBeenCalledWith("well");
  expect(window.showErrorMessage).not.toHaveBeenCalled();
});

test("places of a code lens are shown like references", async () => {
  const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } };
  await showLocations("file:///a.py", { line: 3, character: 4 }, [{ uri: "file:///test_a.py", range }]);
  expect(commands.executeCommand).toHaveBeenCalledWith(
    "editor.action.showReferences",
    Uri.parse("file:///a.py"),
    new Position(3, 4),
    [new Location(Uri.parse("file:///test_a.py"), new Range(1, 2, 1, 5))],
  );
});

test("who has no server is offered ways to get one", async () => {
  vi.mocked(window.showErrorMessage).mockResolvedValue("Open Settings" as never);
  await offerWays({ reason: "None." }, "onError");
  expect(window.showErrorMessage).toHaveBeenCalledWith("None.", "Install the Server", "Open Settings", "Show Logs");
  expect(commands.executeCommand).toHaveBeenCalledWith("workbench.action.openSettings", "fastidious.path");
});

test("who wants no notifications is offered nothing", async () => {
  await offerWays({ reason: "None." }, "off");
  expect(window.showErrorMessage).not.toHaveBeenCalled();
});
