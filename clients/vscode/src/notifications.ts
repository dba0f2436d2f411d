/** Messages of the server: which of them interrupt, by the setting `fastidious.showNotifications`. */

import * as vscode from "vscode";
import { MessageType } from "vscode-languageclient/node";
import type { Notifications } from "./settings";

const LEAST: Readonly<Record<Notifications, number>> = {
  off: 0,
  onError: MessageType.Error,
  onWarning: MessageType.Warning,
  always: MessageType.Debug,
};

/** Tell whether a message of this type is shown as a pop-up. */
export function interrupts(type: MessageType, notifications: Notifications): boolean {
  return type <= LEAST[notifications];
}

/** Show a message of the server if the user wants such messages, and keep it in the log in any case. */
export function notify(
  { type, message }: { readonly type: MessageType; readonly message: string },
  notifications: Notifications,
  log: Pick<vscode.LogOutputChannel, "error" | "warn" | "info">,
): void {
  const isShown = interrupts(type, notifications);
  switch (type) {
    case MessageType.Error:
      log.error(message);
      void (isShown && vscode.window.showErrorMessage(message));
      break;
    case MessageType.Warning:
      log.warn(message);
      void (isShown && vscode.window.showWarningMessage(message));
      break;
    default:
      log.info(message);
      void (isShown && vscode.window.showInformationMessage(message));
  }
}
