/** Stand-in for the module `vscode`: real value types, and functions that note their calls. */

import { createVSCodeMock } from "jest-mock-vscode";
import { vi } from "vitest";

const mock = createVSCodeMock(vi as unknown as Parameters<typeof createVSCodeMock>[0]);

/** How grave what a status item says is; the values are those of VS Code. */
export enum LanguageStatusSeverity {
  Information = 0,
  Warning = 1,
  Error = 2,
}

/** Other extensions, of which none is there until a test says so. */
export const extensions = { getExtension: vi.fn() };
export const { Disposable, EventEmitter, Location, Position, ProgressLocation, Range, Uri } = mock;
export const { commands, languages, window, workspace } = mock;
export default { ...mock, LanguageStatusSeverity, extensions };
