" Vim without a screen, told what its user would do.
"
" $DRIVER_FILE is edited, $DRIVER_STEPS is a list of Vim expressions as JSON, and what they
" return, or what went wrong, is written to $DRIVER_RESULT as JSON.

let g:ale_linters = {'python': ['fastidious']}
let g:ale_lint_delay = 0
let g:ale_echo_cursor = 0
let g:ale_hover_to_preview = 1
set hidden nomore encoding=utf-8
set runtimepath^=/usr/share/vim-ale,~/.vim
filetype plugin on
runtime plugin/ale.vim
runtime autoload/ale/util.vim

" ALE asks which code action to take; this answers.
function! ale#util#Input(message, value, ...) abort
  let s:menu = a:message
  return matchstr(a:message, '\d\+\ze) ' . escape(s:title, '.[]*') . '\n')
endfunction

function! Await(what, Claim) abort
  let l:start = reltime()
  while !a:Claim()
    if reltimefloat(reltime(l:start)) > 60
      throw 'Not in time: ' . a:what . '; the buffer is ' . string(Lines())
    endif
    sleep 10m
  endwhile
endfunction

function! Lines() abort
  return getbufline(bufnr(''), 1, '$')
endfunction

function! Found() abort
  return map(copy(ale#engine#GetLoclist(bufnr(''))), {_, each -> [each.lnum, each.col, each.code, each.text, each.type]})
endfunction

" Wait until ALE shows findings at these places, a list of [line, column], and return them.
function! Diagnostics(places) abort
  call ale#Queue(0)
  call Await('findings at ' . string(a:places) . ' and not ' . string(Found()),
  \ {-> map(Found(), {_, each -> each[:1]}) == a:places})
  return Found()
endfunction

function! Severity(type) abort
  call Await('a finding of type ' . a:type, {-> map(Found(), {_, each -> each[4]}) == [a:type]})
  return a:type
endfunction

function! Put(line, text) abort
  return setline(a:line, a:text)
endfunction

function! Hover() abort
  ALEHover
  call Await('a preview', {-> !empty(s:Preview())})
  return s:Preview()
endfunction

function! s:Preview() abort
  for l:window in range(1, winnr('$'))
    if getwinvar(l:window, '&previewwindow')
      return join(getbufline(winbufnr(l:window), 1, '$'), "\n")
    endif
  endfor
  return ''
endfunction

" Take the code action with that title, and return the menu that it stood in and the lines that it left.
function! Act(title) abort
  let s:title = a:title
  let l:before = Lines()
  ALECodeAction
  call Await(a:title, {-> Lines() != l:before})
  return [s:menu, Lines()]
endfunction

function! s:Main() abort
  execute 'edit' fnameescape($DRIVER_FILE)
  setfiletype python
  let l:results = map(json_decode($DRIVER_STEPS), {_, step -> eval(step)})
  ALEStopAllLSPs
  return {'results': l:results}
endfunction

try
  let s:result = s:Main()
catch
  let s:result = {'error': v:exception . ' at ' . v:throwpoint}
endtry
call writefile([json_encode(s:result)], $DRIVER_RESULT)
qall!
