/** The workspace, as far as it decides which server runs. */

import * as vscode from "vscode";
import type { Interpreters } from "./interpreter";
import { isExecutable } from "./programs";
import type { Surroundings } from "./resolution";
import { readSettings, SECTION, type Settings } from "./settings";

/** Return the settings of the extension as they are now. */
export function currentSettings(): Settings {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return readSettings(vscode.workspace.getConfiguration(SECTION, folder ?? null), folder?.fsPath);
}

/** What the search for a server depends on, read anew whenever it is asked for. */
export class Workspace implements Surroundings {
  readonly platform = process.platform;

  constructor(
    private readonly interpreters: Pick<Interpreters, "active">,
    readonly privateServer: string,
  ) {}

  get configured(): readonly string[] {
    return currentSettings().path;
  }

  get bundledOnly(): boolean {
    return currentSettings().importStrategy === "useBundled";
  }

  get isTrusted(): boolean {
    return vscode.workspace.isTrusted;
  }

  get folders(): readonly string[] {
    return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  }

  get searchPath(): string {
    return process.env.PATH ?? "";
  }

  async interpreter(): Promise<string | undefined> {
    const [configured] = currentSettings().interpreter;
    return configured ?? (await this.interpreters.active(vscode.workspace.workspaceFolders?.[0]?.uri));
  }

  isExecutable(file: string): Promise<boolean> {
    return isExecutable(file);
  }
}
