---@brief
---
--- Fastidious reviews FastAPI backends while they are typed: what is wrong, why it matters, and the fix.
---
--- Install it into an environment of its own and put `fastidious` on the PATH.
--- It runs beside a type checker and a formatter, and needs neither.
---
--- All keys of `[tool.fastidious]` may stand in `settings.fastidious`, and weigh more than those in the project's files.

---@type vim.lsp.Config
return {
  cmd = { 'fastidious', 'server' },
  filetypes = { 'python' },
  root_markers = { 'fastidious.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', '.git' },
  init_options = {
    clientCommands = { 'fastidious.showLocations' }, -- see plugin/fastidious.lua
  },
  settings = {
    fastidious = vim.empty_dict(),
  },
}
