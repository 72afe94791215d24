// Which program is the server. Knows nothing of the editor, so that it can be tested without one.
import { isAbsolute, join } from "node:path";

/** What the settings and the Python extension say. */
export interface Choices {
  /** `kerascheck.path`: the program and its first arguments. */
  path: readonly string[];
  /** `kerascheck.interpreter`. */
  interpreter: string;
  /** The interpreter chosen in the Python extension, if it is there. */
  activeInterpreter: string | undefined;
  /** The folder that `${workspaceFolder}` stands for. */
  workspaceFolder: string | undefined;
  home: string;
}

/** One way to start the server. */
export interface Launch {
  command: string;
  args: string[];
  /** Where it comes from, for messages. */
  origin: string;
}

/** The ways to start the server, the best first. A way that the user names is the only one. */
export function launches(choices: Choices): Launch[] {
  const [program, ...rest] = choices.path.map((part) => expand(part, choices));
  if (program) {
    return [{ command: placed(program, choices), args: [...rest, "lsp"], origin: "the setting kerascheck.path" }];
  }
  const named = placed(expand(choices.interpreter, choices), choices);
  if (named) {
    return [{ command: named, args: ["-m", "kerascheck", "lsp"], origin: "the setting kerascheck.interpreter" }];
  }
  const found: Launch[] = [];
  if (choices.activeInterpreter) {
    found.push({
      command: choices.activeInterpreter,
      args: ["-m", "kerascheck", "lsp"],
      origin: "the interpreter of the Python extension",
    });
  }
  found.push({ command: "kerascheck", args: ["lsp"], origin: "the search path" });
  return found;
}

/** Asks for the version instead of starting the server. */
export function probe(launch: Launch): { command: string; args: string[] } {
  return { command: launch.command, args: [...launch.args.slice(0, -1), "--version"] };
}

/** What to type where the server is missing. */
export function installCommand(choices: Choices): string {
  const python = expand(choices.interpreter, choices) || choices.activeInterpreter;
  return `${python ? quoted(python) : "python"} -m pip install "kerascheck[lsp]"`;
}

function expand(text: string, choices: Choices): string {
  return text
    .trim()
    .replaceAll("${workspaceFolder}", choices.workspaceFolder ?? ".")
    .replaceAll("${userHome}", choices.home)
    .replace(/^~(?=[/\\])/, choices.home);
}

/** A program named by a path: from the folder of the workspace, which the server is not started in. */
function placed(program: string, choices: Choices): string {
  const isPath = /[/\\]/.test(program) && !isAbsolute(program);
  return isPath && choices.workspaceFolder ? join(choices.workspaceFolder, program) : program;
}

function quoted(program: string): string {
  return /\s/.test(program) ? `"${program}"` : program;
}
