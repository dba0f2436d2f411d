" Fastidious for the plugin vim-lsp: source this file from the vimrc.

augroup fastidious
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
  \   'name': 'fastidious',
  \   'cmd': {server_info -> ['fastidious', 'server']},
  \   'allowlist': ['python'],
  \   'workspace_config': {'fastidious': {}},
  \ })
  " Fix on save: leave this line away to fix by hand, with :LspCodeAction.
  autocmd BufWritePre *.py call execute('LspCodeActionSync source.fixAll.fastidious')
augroup END
