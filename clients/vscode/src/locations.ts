/** Places in the code, as a code lens of the server names them. */

import * as vscode from "vscode";

/** Position as the protocol writes it. */
export interface PlainPosition {
  readonly line: number;
  readonly character: number;
}

/** Place as the protocol writes it. */
export interface PlainLocation {
  readonly uri: string;
  readonly range: { readonly start: PlainPosition; readonly end: PlainPosition };
}

/** Show places in the peek view at `position`, as "Find All References" does. */
export async function showLocations(
  uri: string,
  position: PlainPosition,
  locations: readonly PlainLocation[],
): Promise<void> {
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri),
    toPosition(position),
    locations.map(toLocation),
  );
}

function toLocation({ uri, range }: PlainLocation): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(uri), new vscode.Range(toPosition(range.start), toPosition(range.end)));
}

function toPosition({ line, character }: PlainPosition): vscode.Position {
  return new vscode.Position(line, character);
}
