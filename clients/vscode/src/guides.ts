/** Guides of the rules, and what the server tells of itself. */

import * as vscode from "vscode";
import { type Connection, EXPLAIN_RULE } from "./client";
import type { VirtualDocuments } from "./documents";

const DEBUG_INFORMATION = "fastidious.debugInformation";

/** Rule as the server lists it. */
interface RuleSummary {
  readonly name: string;
  readonly family: string;
  readonly severity: string;
  readonly summary: string;
}

/** Let the user choose a rule, unless one is given, and show its guide. */
export async function showGuide(
  connection: Connection,
  documents: VirtualDocuments,
  rule: string | undefined,
): Promise<void> {
  const name = rule ?? (await chooseRule(connection));
  if (name !== undefined) {
    await documents.showRendered(name, String(await connection.execute(EXPLAIN_RULE, name)));
  }
}

/** Show what the server tells of itself. */
export async function showDebugInformation(connection: Connection, documents: VirtualDocuments): Promise<void> {
  await documents.showSource("Fastidious", String(await connection.execute(DEBUG_INFORMATION)));
}

/** Return how a rule is offered for choice. */
export function toQuickPickItem(rule: RuleSummary): vscode.QuickPickItem {
  return { label: rule.name, description: `${rule.family} · ${rule.severity}`, detail: rule.summary };
}

async function chooseRule(connection: Connection): Promise<string | undefined> {
  const items = listedRules(connection);
  const options = { placeHolder: "Rule to explain", matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.label;
}

async function listedRules(connection: Connection): Promise<vscode.QuickPickItem[]> {
  const rules = (await connection.execute(EXPLAIN_RULE)) as readonly RuleSummary[];
  return rules.map(toQuickPickItem);
}
