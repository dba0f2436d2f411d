-- Neovim sources this file at its start: it turns Fastidious on in all Python buffers.
vim.lsp.enable('fastidious')

-- What stands above a route leads to places: `vim.lsp.codelens.run()` lists them.
vim.lsp.commands['fastidious.showLocations'] = function(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local items = vim.lsp.util.locations_to_items(command.arguments[3], client.offset_encoding)
  vim.fn.setqflist({}, ' ', { title = command.title, items = items })
  vim.cmd('copen')
end
