//! How Qwen's system message describes tools, in the format called Hermes; several trainers write it.

/// What stands before the tools, each on a line of its own, and what follows them.
pub(super) const TOOLS: [&str; 2] = [
    "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function \
     signatures within <tools></tools> XML tags:\n<tools>",
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments within \
     <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": \
     <args-json-object>}\n</tool_call>",
];
