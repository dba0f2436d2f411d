/** Commands of the palette. */

import * as vscode from "vscode";
import { type Connection, EXPLAIN_RULE, SHOW_LOCATIONS } from "./client";
import type { VirtualDocuments } from "./documents";
import { showDebugInformation, showGuide } from "./guides";
import { showLocations } from "./locations";
import type { Logs } from "./log";
import { openSample } from "./sample";
import type { Supervisor } from "./supervisor";

/** What the commands work on. */
export interface Subjects {
  readonly supervisor: Supervisor;
  readonly logs: Logs;
  readonly documents: VirtualDocuments;
  /** Install the server into the private environment. */
  install(): Promise<void>;
}

type Handler = (...args: never[]) => unknown;

const FIX_ALL_KIND = "source.fixAll.fastidious";

/** Return the handlers of all commands that the extension itself has. */
export function handlers(subjects: Subjects): Record<string, Handler> {
  const { supervisor, logs, documents } = subjects;
  const ask = (command: string, job: (connection: Connection) => Promise<unknown>): Handler => {
    return () => withServer(supervisor.connection, command, job);
  };
  return {
    "fastidious.restart": () => supervisor.restart(),
    "fastidious.showLogs": () => logs.extension.show(),
    "fastidious.showServerLogs": () => logs.server.show(),
    "fastidious.installServer": () => subjects.install(),
    "fastidious.openSample": openSample,
    "fastidious.openSettings": () => vscode.commands.executeCommand("workbench.action.openSettings", "fastidious."),
    "fastidious.fixFile": fixFile,
    "fastidious.openGuide": ask(EXPLAIN_RULE, (connection) => showGuide(connection, documents, undefined)),
    "fastidious.openDebugInformation": ask("fastidious.debugInformation", (connection) =>
      showDebugInformation(connection, documents),
    ),
    "fastidious.rebuildIndex": ask("fastidious.restartIndex", (connection) =>
      connection.execute("fastidious.restartIndex"),
    ),
    "fastidious.createBaseline": ask("fastidious.writeBaseline", writeBaseline),
    [SHOW_LOCATIONS]: showLocations,
  };
}

/** Register all commands. */
export function registerCommands(subjects: Subjects): vscode.Disposable {
  const registered = Object.entries(handlers(subjects)).map(([name, handler]) =>
    vscode.commands.registerCommand(name, handler),
  );
  return vscode.Disposable.from(...registered);
}

/** Do `job` with the server if one runs that has `command`, and tell the user if none does. */
async function withServer(
  connection: Connection | undefined,
  command: string,
  job: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  if (connection === undefined || connection.version === "") {
    await offerRestart("The Fastidious server does not run.");
  } else if (!connection.offers(command)) {
    void vscode.window.showWarningMessage(
      `Fastidious ${connection.version} has no command ${command}: install a newer server.`,
    );
  } else {
    await job(connection);
  }
}

async function offerRestart(message: string): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, "Start", "Show Logs");
  if (chosen === "Start") {
    await vscode.commands.executeCommand("fastidious.restart");
  } else if (chosen === "Show Logs") {
    await vscode.commands.executeCommand("fastidious.showLogs");
  }
}

/** The server answers with a sentence on what it wrote. */
async function writeBaseline(connection: Connection): Promise<void> {
  const answer = await connection.execute("fastidious.writeBaseline");
  void vscode.window.showInformationMessage(String(answer));
}

async function fixFile(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", { kind: FIX_ALL_KIND, apply: "first" });
}
