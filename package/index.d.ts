export { analyze, compile, encode, encodeIds, loadTokenizer, parse, recipes, render, templates } from "./lossmask.js";
export type {
  Analysis,
  Bilingual,
  ChatTemplate,
  CompileOptions,
  Encoding,
  Finding,
  Owner,
  Parsed,
  RecipeInfo,
  RenderOptions,
  Rendered,
  Request,
  Sample,
  Severity,
  TemplateInfo,
  TokenizerFiles,
} from "./lossmask.js";
