import { beforeEach, expect, test, vi } from "vitest";
import { commands, window, workspace } from "vscode";
import manifest from "../package.json";
import type { Connection } from "../src/client";
import { handlers, type Subjects } from "../src/commands";
import { VirtualDocuments } from "../src/documents";
import { SAMPLE } from "../src/sample";

const RULES = [{ name: "sql-injection", family: "security", severity: "error", summary: "SQL from a request." }];

let executed: unknown[][];
let connection: Pick<Connection, "version" | "offers" | "execute"> | undefined;

beforeEach(() => {
  executed = [];
  connection = {
    version: "1.0",
    offers: () => true,
    execute: async (...call) => {
      executed.push(call);
      return call.length === 1 ? RULES : `# About ${call[1]}`;
    },
  };
  vi.clearAllMocks();
  vi.mocked(commands.executeCommand).mockResolvedValue(undefined);
});

function command(name: string): () => Promise<void> {
  const subjects = {
    supervisor: { connection, restart: vi.fn() },
    logs: { extension: { show: vi.fn() }, server: { show: vi.fn() } },
    documents: new VirtualDocuments(),
    install: vi.fn(),
  };
  return handlers(subjects as unknown as Subjects)[name] as () => Promise<void>;
}

test("every command of the palette has a handler, and every handler but one is in the palette", () => {
  const declared = manifest.contributes.commands.map((entry) => entry.command);
  const subjects = { supervisor: {}, logs: {}, documents: {} } as unknown as Subjects;
  const handled = Object.keys(handlers(subjects)).filter((name) => name !== "fastidious.showLocations");
  expect(handled.toSorted()).toEqual(declared.toSorted());
});

test("no command of ours has the name of one of the server, which the client registers itself", () => {
  const ofServer = ["restartIndex", "explainRule", "debugInformation", "fixAll", "writeBaseline"];
  const declared = manifest.contributes.commands.map((entry) => entry.command);
  expect(declared.filter((name) => ofServer.includes(name.slice("fastidious.".length)))).toEqual([]);
});

test("the guide of the rule that is chosen is shown as it is meant to be read", async () => {
  vi.mocked(window.showQuickPick).mockResolvedValue({ label: "sql-injection" });
  await command("fastidious.openGuide")();
  expect(await vi.mocked(window.showQuickPick).mock.calls[0]?.[0]).toEqual([
    { label: "sql-injection", description: "security · error", detail: "SQL from a request." },
  ]);
  expect(executed.at(-1)).toEqual(["fastidious.explainRule", "sql-injection"]);
  const [name, uri] = vi.mocked(commands.executeCommand).mock.calls.at(-1) ?? [];
  expect(name).toBe("markdown.showPreview");
  expect(String(uri)).toContain("sql-injection.md");
});

test("who chooses no rule is shown no guide", async () => {
  vi.mocked(window.showQuickPick).mockResolvedValue(undefined);
  await command("fastidious.openGuide")();
  expect(executed).toEqual([["fastidious.explainRule"]]);
  expect(commands.executeCommand).not.toHaveBeenCalled();
});

test("a command that the server lacks is explained", async () => {
  connection = { version: "0.9", offers: () => false, execute: vi.fn() };
  await command("fastidious.createBaseline")();
  expect(window.showWarningMessage).toHaveBeenCalledWith(
    "Fastidious 0.9 has no command fastidious.writeBaseline: install a newer server.",
  );
});

test("a command without a server offers to start one", async () => {
  connection = undefined;
  vi.mocked(window.showWarningMessage).mockResolvedValue("Start" as never);
  await command("fastidious.rebuildIndex")();
  expect(commands.executeCommand).toHaveBeenCalledWith("fastidious.restart");
});

test("all fixes of a file are one code action", async () => {
  await command("fastidious.fixFile")();
  expect(commands.executeCommand).toHaveBeenCalledWith("editor.action.codeAction", {
    kind: "source.fixAll.fastidious",
    apply: "first",
  });
});

test("the sample is a document that is stored nowhere", async () => {
  const open = vi.spyOn(workspace, "openTextDocument");
  await command("fastidious.openSample")();
  expect(open).toHaveBeenCalledWith({ language: "python", content: SAMPLE });
});
