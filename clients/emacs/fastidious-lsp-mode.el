;;; fastidious-lsp-mode.el --- Fastidious in Emacs, by lsp-mode  -*- lexical-binding: t -*-

;; Load this file from your init file, after lsp-mode is installed.

;;; Code:

(require 'lsp-mode)

(defcustom fastidious-ignore nil
  "Rules and families that say nothing, as the key `ignore' of [tool.fastidious] in pyproject.toml."
  :type '(lsp-repeatable-vector string)
  :group 'lsp-mode)

(lsp-register-custom-settings '(("fastidious.ignore" fastidious-ignore)))

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection '("fastidious" "server"))
  :activation-fn (lsp-activate-on "python")
  :add-on? t ; runs beside the type checker
  :server-id 'fastidious))

(add-hook 'python-mode-hook #'lsp-deferred)

(provide 'fastidious-lsp-mode)
;;; fastidious-lsp-mode.el ends here
