export type Severity = "note" | "warning" | "error";

/** What is asked; every field but the dialogue may be left out. */
export interface Request {
  /** Text in any format that is recognised, or the value that such a text would hold. */
  dialogue: unknown;
  /** The id of the format to read a text in, such as `sharegpt`. */
  format?: string;
  /** The trainer's rule, `per-turn` where absent; see `recipes()`. */
  recipe?: string;
  /** Options of the recipe, by the trainer's own names. */
  options?: Record<string, string | number | boolean | null | string[]>;
  /** An id of the catalog (see `templates()`), or the text of a chat template; the tokenizer's own where absent. */
  template?: string;
  /** The id of a tokenizer that was loaded; the built-in one where absent. */
  tokenizer?: string;
  /** The label of a masked position, -100 where absent. */
  ignoreIndex?: number;
  /** Only this conversation, from 0. */
  conversation?: number;
  /** Further variables of the template. */
  variables?: Record<string, unknown>;
  /** The major version of transformers that prepares the messages: 5, or 4. */
  transformers?: 4 | 5;
  /** For `render`: whether the text ends with the generation prompt. */
  addGenerationPrompt?: boolean;
  /** The clock that `strftime_now` sees, `2026-01-31T09:05:07`; now where absent. */
  now?: string;
}

/** A finding: a fact, where it is, and what to do. */
export interface Finding {
  /** A stable name, such as `stop-token-untrained`. */
  code: string;
  severity: Severity;
  message: string;
  message_zh: string;
  hint: string | null;
  hint_zh: string | null;
  /** Indices into `input_ids`. */
  tokens: number[];
  /** The text that `place` points into. */
  source: "dialogue" | "template" | "tokenizer" | "rendered" | null;
  /** UTF-16 offsets. */
  place: [number, number] | null;
}

/** Whose text a token is. */
export interface Owner {
  message: number | null;
  part: "header" | "content" | "reasoning" | "tool_call" | "end" | "template";
}

/** A row of the training set: arrays that align with `input_ids`. */
export interface Sample {
  conversation: number;
  sample: number;
  text: string;
  input_ids: number[];
  attention_mask: number[];
  /** Not shifted; `ignoreIndex` where the position does not count. */
  labels: number[];
  weights: number[];
  /** UTF-16 offsets of `text`. */
  offsets: [number, number][];
  owners: Owner[];
  /** Why the tokens `from` to `to` (exclusive) are trained or masked. */
  reasons: { from: number; to: number; why: string; why_zh: string }[];
  diagnostics: Finding[];
}

export interface Analysis {
  format: string | null;
  template: string;
  samples: Sample[];
  dropped: { conversation: number; dropped: string; dropped_zh: string; diagnostics: Finding[] }[];
  diagnostics: Finding[];
}

export interface Rendered {
  conversation: number;
  text: string | null;
  /** UTF-16 offsets of what `{% generation %}` marks. */
  generation_spans: [number, number][];
  diagnostics: Finding[];
}

/** A chat template that is read once and renders many conversations to their text. */
export interface ChatTemplate {
  /** The text of a conversation; throws where the template does not render it. */
  render(messages: readonly object[], options?: RenderOptions): string;
  /** Gives its memory back at once; it is given back anyway some time after the last use. */
  free(): void;
}

export interface CompileOptions {
  /** The id of a tokenizer that was loaded, whose special tokens the template sees; the built-in one where absent. */
  tokenizer?: string;
  /** The major version of transformers that prepares the messages: 5, or 4. */
  transformers?: 4 | 5;
}

export interface RenderOptions {
  tools?: readonly unknown[];
  /** Further variables of the template, such as `enable_thinking` or `bos_token`. */
  variables?: Record<string, unknown>;
  /** Whether the text ends with the header of the assistant's next turn. */
  addGenerationPrompt?: boolean;
  /** The clock that `strftime_now` sees, `2026-01-31T09:05:07`; now where absent. */
  now?: string;
}

/** Compiles an id of the catalog (see `templates()`) or the text of a template, or the tokenizer's own where absent. */
export function compile(template?: string, options?: CompileOptions): ChatTemplate;

export interface Encoding {
  ids: number[];
  /** UTF-16 offsets. */
  offsets: [number, number][];
}

/** A conversation in the OpenAI shape. */
export interface Parsed {
  format: string | null;
  messages: Record<string, unknown>[];
  tools: unknown[] | null;
  diagnostics: Finding[];
}

/** The texts of a tokenizer's files; only `tokenizer.json` is needed. */
export interface TokenizerFiles {
  tokenizer: string;
  config?: string;
  specialTokensMap?: string;
  chatTemplate?: string;
  /** Those of `additional_chat_templates/`, by their names without `.jinja`. */
  furtherTemplates?: Record<string, string>;
}

/** A text in both languages. */
export interface Bilingual {
  en: string;
  zh: string;
}

export interface RecipeInfo {
  id: string;
  title: Bilingual;
  summary: Bilingual;
  options: { name: string; default: string; choices: string[] | null }[];
}

export interface TemplateInfo {
  id: string;
  about: Bilingual;
  source: string;
}
