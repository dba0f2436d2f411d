/** Status item of the language: what the server is doing. */

import * as vscode from "vscode";
import { PYTHON } from "./documents";

/** What there is to show of the server. */
export type Condition =
  | { readonly kind: "starting" }
  | { readonly kind: "working"; readonly version: string; readonly origin: string }
  | { readonly kind: "busy"; readonly activity: string }
  | { readonly kind: "stopped" }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** How a condition looks. */
export interface Appearance {
  readonly text: string;
  readonly detail: string;
  readonly busy: boolean;
  readonly isError: boolean;
  readonly command: { readonly command: string; readonly title: string };
}

const SHOW_LOGS = { command: "fastidious.showServerLogs", title: "Open logs" };
const RESTART = { command: "fastidious.restart", title: "Start" };
const INSTALL = { command: "fastidious.installServer", title: "Install the server" };

/** Return how a condition looks. */
export function appearance(condition: Condition): Appearance {
  const calm = { busy: false, isError: false, command: SHOW_LOGS };
  switch (condition.kind) {
    case "starting":
      return { ...calm, text: "Fastidious", detail: "starting", busy: true };
    case "working":
      return { ...calm, text: `Fastidious ${condition.version}`, detail: `from the ${condition.origin}` };
    case "busy":
      return { ...calm, text: "Fastidious", detail: condition.activity, busy: true };
    case "stopped":
      return { ...calm, text: "Fastidious", detail: "stopped", command: RESTART };
    case "missing":
      return { ...calm, text: "Fastidious: no server", detail: condition.reason, isError: true, command: INSTALL };
    case "failed":
      return { ...calm, text: "Fastidious failed", detail: condition.reason, isError: true };
  }
}

/** The status item that VS Code shows beside the language of a Python file. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("fastidious", PYTHON);
  private readonly activities = new Map<string | number, string>();
  private condition: Condition = { kind: "starting" };

  constructor() {
    this.item.name = "Fastidious";
    this.show(this.condition);
  }

  /** Show a condition; what the server was busy with is over. */
  show(condition: Condition): void {
    this.condition = condition;
    this.activities.clear();
    this.draw();
  }

  /** Show that the server is busy with `activity`, or no longer if there is none. */
  track(token: string | number, activity: string | undefined): void {
    if (activity === undefined) {
      this.activities.delete(token);
    } else {
      this.activities.set(token, activity);
    }
    this.draw();
  }

  /** Remove the item. */
  dispose(): void {
    this.item.dispose();
  }

  private draw(): void {
    const activity = [...this.activities.values()].at(-1);
    const look = appearance(activity === undefined ? this.condition : { kind: "busy", activity });
    this.item.text = look.text;
    this.item.detail = look.detail;
    this.item.busy = look.busy;
    this.item.severity = look.isError ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.item.command = look.command;
  }
}
