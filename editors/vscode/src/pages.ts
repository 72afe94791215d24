// Shows answers of the server: text in the Markdown preview, pictures and pages beside the editor.
import * as vscode from "vscode";
import { type Answer, isRemark, page } from "./answers";

const SCHEME = "kerascheck";
const REMARK_TIME = 6_000; // ms

export class Pages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString()));
  private panel: vscode.WebviewPanel | undefined;

  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(answer: Answer): Promise<void> {
    if (isRemark(answer)) {
      vscode.window.setStatusBarMessage(`kerascheck: ${answer.title}`, REMARK_TIME);
      return;
    }
    if (answer.html === undefined && answer.svg === undefined) {
      await this.showText(answer);
      return;
    }
    if (this.panel === undefined) {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      const options = { enableScripts: false, localResourceRoots: [] };
      this.panel = vscode.window.createWebviewPanel("kerascheck", answer.title, place, options);
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.title = answer.title;
    this.panel.webview.html = page(answer);
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
    this.provider.dispose();
    this.closed.dispose();
    this.changed.dispose();
  }

  private async showText(answer: Answer): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${answer.title.replaceAll("/", "-")}.md` });
    this.texts.set(uri.toString(), answer.markdown ?? "");
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }
}
