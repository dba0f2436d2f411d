-- Apply the fixes that are safe whenever a Python buffer is written.
-- Leave this file away to fix by hand: `vim.lsp.buf.code_action()` on a finding.

local KIND = 'source.fixAll.fastidious'
local MILLISECONDS = 2000

---@param client vim.lsp.Client
---@param buffer integer
---@return table[] actions
local function fixes(client, buffer)
  local nowhere = { line = 0, character = 0 }
  local reply = client:request_sync('textDocument/codeAction', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = { start = nowhere, ['end'] = nowhere },
    context = { diagnostics = {}, only = { KIND }, triggerKind = vim.lsp.protocol.CodeActionTriggerKind.Automatic },
  }, MILLISECONDS, buffer)
  return reply and reply.result or {}
end

---@param client vim.lsp.Client
---@param buffer integer
local function fix(client, buffer)
  for _, action in ipairs(fixes(client, buffer)) do
    local reply = client:request_sync('codeAction/resolve', action, MILLISECONDS, buffer)
    local edit = reply and reply.result and reply.result.edit
    if edit then
      vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
    end
  end
end

vim.api.nvim_create_autocmd('BufWritePre', {
  group = vim.api.nvim_create_augroup('fastidious_fix_on_save', {}),
  desc = 'Apply the fixes of Fastidious that are safe',
  callback = function(event)
    for _, client in ipairs(vim.lsp.get_clients({ bufnr = event.buf, name = 'fastidious' })) do
      fix(client, event.buf)
    end
  end,
})
