export { analyze, encode, encodeIds, loadTokenizer, parse, recipes, render, templates } from "./lossmask.js";
export type {
  Analysis,
  Bilingual,
  Encoding,
  Finding,
  Owner,
  Parsed,
  RecipeInfo,
  Rendered,
  Request,
  Sample,
  Severity,
  TemplateInfo,
  TokenizerFiles,
} from "./lossmask.js";
