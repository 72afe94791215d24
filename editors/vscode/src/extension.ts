// Starts the language server and shows what it answers.
import * as vscode from "vscode";
import { Session } from "./session";

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  session = new Session(context);
  context.subscriptions.push(
    session,
    vscode.commands.registerCommand("kerascheck.restart", () => session?.restart()),
    vscode.commands.registerCommand("kerascheck.showOutput", () => session?.showOutput()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      // The server hears of the rest itself.
      if (["enable", "path", "interpreter"].some((key) => event.affectsConfiguration(`kerascheck.${key}`))) {
        void session?.restart();
      }
    }),
  );
  await session.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
