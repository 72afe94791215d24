// One run of the server after another, and the status item that tells of it.
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { PLACED, asAnswer } from "./answers";
import { type Choices, type Launch, installCommand, launches, probe } from "./launch";
import { activeInterpreter, onDidChangeInterpreter } from "./python";
import { Pages } from "./pages";

const run = promisify(execFile);
const PROBE_TIMEOUT = 20_000; // ms; the first start of Python on a cold disk is slow
const DOCUMENTS = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { notebook: "jupyter-notebook", language: "python" },
];

export class Session implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel("kerascheck", { log: true });
  private readonly status = vscode.window.createStatusBarItem("kerascheck", vscode.StatusBarAlignment.Right, 50);
  private readonly pages = new Pages();
  private readonly others: vscode.Disposable[] = [];
  private client: LanguageClient | undefined;
  /** One start or stop after another, however fast the user clicks. */
  private queue: Promise<void> = Promise.resolve();
  /**
   * The folder that programs are started in: that of the extension. `python -m` looks for modules in the current folder
   * first, so in the workspace it would run whatever lies there.
   */
  private readonly cwd: string;

  constructor(context: vscode.ExtensionContext) {
    this.cwd = context.extensionPath;
    this.status.name = "kerascheck";
    this.status.command = "kerascheck.showOutput";
    this.others.push(this.output, this.status, this.pages);
    void onDidChangeInterpreter(() => void this.restart()).then((listener) => {
      if (listener) {
        context.subscriptions.push(listener);
      }
    });
  }

  start(): Promise<void> {
    return this.next(() => this.begin());
  }

  stop(): Promise<void> {
    return this.next(() => this.end());
  }

  restart(): Promise<void> {
    return this.next(async () => {
      await this.end();
      await this.begin();
    });
  }

  showOutput(): void {
    this.output.show(true);
  }

  dispose(): void {
    for (const one of this.others) {
      one.dispose();
    }
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error: unknown) => this.fail(String(error)));
    return this.queue;
  }

  private async begin(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("kerascheck");
    if (!settings.get<boolean>("enable", true)) {
      this.status.hide();
      return;
    }
    this.show("$(sync~spin) kerascheck", "kerascheck is starting");
    const choices: Choices = {
      path: settings.get<string[]>("path", []),
      interpreter: settings.get<string>("interpreter", ""),
      activeInterpreter: await activeInterpreter(),
      workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      home: homedir(),
    };
    const found = await this.find(choices);
    if (found === undefined) {
      await this.tellMissing(choices);
      return;
    }
    const [launch, version] = found;
    this.output.info(`${version}: ${launch.command} ${launch.args.join(" ")} (${launch.origin})`);
    const client = this.createClient(launch);
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      void vscode.commands.executeCommand("setContext", "kerascheck.running", newState === State.Running);
      if (newState === State.Running) {
        this.show("$(check) kerascheck", `${version}, from ${launch.origin}`);
      } else if (newState === State.Stopped && this.client === client) {
        this.fail("the server has stopped");
      }
    });
    await client.start();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop();
    }
    await client?.dispose();
  }

  /** The first way to start that answers, with its version. */
  private async find(choices: Choices): Promise<[Launch, string] | undefined> {
    for (const launch of launches(choices)) {
      const { command, args } = probe(launch);
      try {
        const { stdout } = await run(command, args, { timeout: PROBE_TIMEOUT, windowsHide: true, cwd: this.cwd });
        return [launch, stdout.trim()];
      } catch (error) {
        this.output.warn(`no kerascheck from ${launch.origin}: ${String(error)}`);
      }
    }
    return undefined;
  }

  private createClient(launch: Launch): LanguageClient {
    const options = { cwd: this.cwd };
    const executable = { command: launch.command, args: launch.args, transport: TransportKind.stdio, options };
    return new LanguageClient("kerascheck", "kerascheck", executable, {
      documentSelector: DOCUMENTS,
      outputChannel: this.output,
      initializationOptions: { ...vscode.workspace.getConfiguration().get<object>("kerascheck"), showsResults: true },
      synchronize: { configurationSection: "kerascheck" },
      middleware: {
        executeCommand: async (command, given, next) => {
          const result: unknown = await next(command, given.length || !PLACED.has(command) ? given : this.place());
          const answer = asAnswer(result);
          if (answer) {
            await this.pages.show(answer);
          }
          return result;
        },
      },
    });
  }

  /** The place of the cursor, as the server's commands take it: document, 1-based row. */
  private place(): unknown[] {
    const editor = vscode.window.activeTextEditor;
    return editor ? [editor.document.uri.toString(), editor.selection.active.line + 1] : [];
  }

  private async tellMissing(choices: Choices): Promise<void> {
    this.fail("kerascheck is not installed");
    const command = installCommand(choices);
    const copy = "Copy the command";
    const chosen = await vscode.window.showErrorMessage(
      `kerascheck was not found. Install it with: ${command}`,
      copy,
      "Show output",
    );
    if (chosen === copy) {
      await vscode.env.clipboard.writeText(command);
    } else if (chosen) {
      this.showOutput();
    }
  }

  private fail(reason: string): void {
    this.output.error(reason);
    this.show("$(error) kerascheck", reason);
  }

  private show(text: string, tooltip: string): void {
    this.status.text = text;
    this.status.tooltip = tooltip;
    this.status.show();
  }
}
