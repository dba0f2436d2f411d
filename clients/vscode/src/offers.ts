/** What the user can do when there is no server. */

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
