" Description: Fastidious for ALE. Put this file into ~/.vim/ale_linters/python/, and say in the vimrc
"   let g:ale_linters = {'python': ['fastidious']}
" with what else shall lint Python, such as 'pyright' or 'ruff'.

call ale#Set('python_fastidious_executable', 'fastidious')
" Settings: all keys of [tool.fastidious] in pyproject.toml, as {'fastidious': {...}}.
call ale#Set('python_fastidious_config', {})

call ale#linter#Define('python', {
\   'name': 'fastidious',
\   'lsp': 'stdio',
\   'executable': {buffer -> ale#Var(buffer, 'python_fastidious_executable')},
\   'command': '%e server',
\   'project_root': function('ale#python#FindProjectRoot'),
\   'lsp_config': {buffer -> ale#Var(buffer, 'python_fastidious_config')},
\})
