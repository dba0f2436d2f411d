-- Fastidious for Neovim 0.8 to 0.10, which have no `vim.lsp.enable`: put this file into ~/.config/nvim/plugin/.

local MARKERS = { 'fastidious.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', '.git' }

vim.api.nvim_create_autocmd('FileType', {
  pattern = 'python',
  desc = 'Start Fastidious',
  callback = function(event)
    local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf))
    vim.lsp.start({
      name = 'fastidious',
      cmd = { 'fastidious', 'server' },
      root_dir = vim.fs.dirname(vim.fs.find(MARKERS, { upward = true, path = folder })[1]),
      settings = { fastidious = vim.empty_dict() },
    })
  end,
})
