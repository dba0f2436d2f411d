/** Settings of the section `fastidious`: those of the extension itself, and those that the server asks for. */

import * as os from "node:os";
import type * as vscode from "vscode";

/** Section of all our settings. */
export const SECTION = "fastidious";

/** Settings that the extension reads itself. */
export interface Settings {
  readonly enable: boolean;
  /** Executables of the server, the first that exists is taken. */
  readonly path: readonly string[];
  /** Python interpreters, the first counts as active instead of what the Python extension says. */
  readonly interpreter: readonly string[];
  readonly importStrategy: ImportStrategy;
  readonly showNotifications: Notifications;
}

/** Where a server may come from. */
export type ImportStrategy = "fromEnvironment" | "useBundled";

/** How grave a message must be for a pop-up. */
export type Notifications = "off" | "onError" | "onWarning" | "always";

type Configuration = Pick<vscode.WorkspaceConfiguration, "get" | "inspect">;

/** Return the settings of the extension; `folder` stands for `${workspaceFolder}`. */
export function readSettings(configuration: Configuration, folder: string | undefined): Settings {
  const files = (key: string): string[] =>
    configuration.get<string[]>(key, []).map((file) => expanded(file, folder, process.env));
  return {
    enable: configuration.get("enable", true),
    path: files("path"),
    interpreter: files("interpreter"),
    importStrategy: configuration.get<ImportStrategy>("importStrategy", "fromEnvironment"),
    showNotifications: configuration.get<Notifications>("showNotifications", "onWarning"),
  };
}

/**
 * Return what the user chose among `keys`.
 *
 * Defaults are left out: they would hide what a project says in its own configuration file.
 */
export function chosenSettings(configuration: Configuration, keys: readonly string[]): Record<string, unknown> {
  const chosen = keys.filter((key) => isChosen(configuration.inspect(key)));
  return Object.fromEntries(chosen.map((key) => [key, configuration.get(key)]));
}

/** Replace `~`, `${userHome}`, `${workspaceFolder}` and `${env:NAME}` in a path. */
export function expanded(file: string, folder: string | undefined, environment: NodeJS.ProcessEnv): string {
  return file
    .replace(/^~(?=$|[\\/])/, os.homedir())
    .replaceAll("${userHome}", os.homedir())
    .replaceAll("${workspaceFolder}", folder ?? "")
    .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => environment[name] ?? "");
}

function isChosen(found: ReturnType<Configuration["inspect"]>): boolean {
  const places = [
    found?.globalValue,
    found?.workspaceValue,
    found?.workspaceFolderValue,
    found?.globalLanguageValue,
    found?.workspaceLanguageValue,
    found?.workspaceFolderLanguageValue,
  ];
  return places.some((value) => value !== undefined);
}
