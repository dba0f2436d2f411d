/** What the user can do when there is no server, or an old one. */

import * as vscode from "vscode";
import type { Missing } from "./resolution";
import type { Notifications } from "./settings";

const WAYS: Readonly<Record<string, readonly [command: string, ...args: unknown[]]>> = {
  "Install the Server": ["fastidious.installServer"],
  "Open Settings": ["workbench.action.openSettings", "fastidious.path"],
  "Show Logs": ["fastidious.showLogs"],
};

/** Say once that there is no server, with the ways to get one. */
export async function offerWays(missing: Missing, notifications: Notifications): Promise<void> {
  if (notifications === "off") {
    return;
  }
  const chosen = await vscode.window.showErrorMessage(missing.reason, ...Object.keys(WAYS));
  const way = chosen === undefined ? undefined : WAYS[chosen];
  if (way !== undefined) {
    const [command, ...args] = way;
    await vscode.commands.executeCommand(command, ...args);
  }
}

/** Say that the extension brings another server than the one that it installed once. */
export async function offerUpdate(): Promise<void> {
  const message = "The Fastidious server in the extension's private environment is not the one of this extension.";
  if ((await vscode.window.showInformationMessage(message, "Update")) !== undefined) {
    await vscode.commands.executeCommand("fastidious.installServer");
  }
}
