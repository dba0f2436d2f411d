;;; fastidious-eglot.el --- Fastidious in Emacs, by eglot  -*- lexical-binding: t -*-

;; Load this file from your init file.  It needs Emacs 29, or an older one with the package eglot.

;;; Code:

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . ("fastidious" "server"))))

(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'python-ts-mode-hook #'eglot-ensure)

;; Settings: all keys of [tool.fastidious] in pyproject.toml.
;; (setq-default eglot-workspace-configuration '(:fastidious (:ignore ["naming"])))

(defun fastidious-fix-all ()
  "Apply the fixes that are safe."
  (interactive)
  (when (and (bound-and-true-p eglot--managed-mode)
             (eglot-code-actions (point-min) (point-max) "source.fixAll.fastidious"))
    (eglot-code-actions (point-min) (point-max) "source.fixAll.fastidious" t)))

(defun fastidious-fix-all-on-save ()
  "Apply the fixes that are safe whenever this buffer is saved."
  (add-hook 'before-save-hook #'fastidious-fix-all nil t))

;; Fix on save: leave this line away to fix by hand, with M-x eglot-code-actions.
(add-hook 'eglot-managed-mode-hook #'fastidious-fix-all-on-save)

(provide 'fastidious-eglot)
;;; fastidious-eglot.el ends here
