;;; driver-lsp-mode.el --- What differs where the client is lsp-mode  -*- lexical-binding: t -*-

;;; Code:

(require 'lsp-mode)
(require 'lsp-diagnostics)

(setq lsp-auto-guess-root t
      lsp-enable-snippet nil
      lsp-enabled-clients '(fastidious)
      lsp-idle-delay 0.05
      driver-code-action #'lsp-execute-code-action)

(defun driver-open (path)
  "Visit PATH, and start the server, for which lsp-mode would wait until the buffer is seen."
  (find-file path)
  (lsp)
  (driver-wait
   "connected"
   (lambda () (and (lsp-workspaces) (eq 'initialized (lsp--workspace-status (car (lsp-workspaces))))))))

(defun driver-flush ()
  "Send what was typed and ask flymake again, as Emacs does when nobody types."
  (lsp--flush-delayed-changes)
  (flymake-start))

(defun driver-hover ()
  "Return what the server says about the place of the cursor."
  (gethash "value" (gethash "contents" (lsp-request "textDocument/hover" (lsp--text-document-position-params)))))

(defun driver-leave ()
  "End the server."
  (lsp-disconnect))

(provide 'driver-lsp-mode)
;;; driver-lsp-mode.el ends here
