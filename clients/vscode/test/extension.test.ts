import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commands, languages, Uri, window, workspace } from "vscode";
import manifest from "../package.json";
import { activate, deactivate } from "../src/extension";
import { LanguageClient } from "./languageclient";

const clients = LanguageClient.all;
const settings: Record<string, unknown> = {};
const channel = { info: vi.fn(), warn: vi.fn(), error: vi.fn(), show: vi.fn(), dispose: vi.fn() };
const item: Record<string, unknown> = { dispose: vi.fn() };

beforeEach(() => {
  clients.length = 0;
  vi.clearAllMocks();
  settings.path = [process.execPath];
  vi.mocked(window.createOutputChannel).mockReturnValue(channel as never);
  vi.mocked(window.showErrorMessage).mockResolvedValue(undefined);
  languages.createLanguageStatusItem = vi.fn(() => item) as never;
  vi.mocked(workspace.getConfiguration).mockReturnValue({
    get: (key: string, fallback: unknown) => settings[key] ?? fallback,
    inspect: () => undefined,
  } as never);
  Object.assign(workspace, { onDidGrantWorkspaceTrust: vi.fn(() => ({ dispose: vi.fn() })) });
});

afterEach(() => deactivate());

function context() {
  const home = Uri.file("/nowhere");
  return {
    subscriptions: [],
    extensionUri: home,
    globalStorageUri: home,
    extension: { packageJSON: manifest },
  } as never;
}

test("the configured server is started and shown", async () => {
  await activate(context());
  expect(clients).toHaveLength(1);
  expect(item).toMatchObject({ text: "Fastidious 1.0", detail: "from the setting" });
});

test("a server that cannot be run is said, with ways out", async () => {
  settings.path = ["/nowhere/fastidious"];
  await activate(context());
  expect(clients).toHaveLength(0);
  const [message, ...buttons] = vi.mocked(window.showErrorMessage).mock.calls[0] ?? [];
  expect(message).toContain("/nowhere/fastidious");
  expect(buttons).toContain("Install the Server");
});

test("a setting that changes nothing about the server does not restart it", async () => {
  await activate(context());
  const [listener] = vi.mocked(workspace.onDidChangeConfiguration).mock.calls[0] ?? [];
  listener?.({ affectsConfiguration: (key) => key === "fastidious.importStrategy" });
  listener?.({ affectsConfiguration: () => false });
  await deactivate();
  expect(clients).toHaveLength(1);
});

test("the server stops with the extension", async () => {
  await activate(context());
  await deactivate();
  expect(clients[0]?.stop).toHaveBeenCalledOnce();
});

test("all commands are registered", async () => {
  await activate(context());
  const registered = vi.mocked(commands.registerCommand).mock.calls.map(([name]) => name);
  expect(registered).toEqual(expect.arrayContaining(manifest.contributes.commands.map((entry) => entry.command)));
});
