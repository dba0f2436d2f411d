-- Neovim sources this file at its start: it turns Fastidious on in all Python buffers.
vim.lsp.enable('fastidious')
