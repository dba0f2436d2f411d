;;; driver.el --- Emacs without a screen, told what its user would do  -*- lexical-binding: t -*-

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'json)

(setq eglot-sync-connect 60
      flymake-no-changes-timeout 0.05
      make-backup-files nil
      last-nonmenu-event ?x) ; not the mouse: eglot asks in the minibuffer

(defvar driver-code-action #'eglot-code-actions
  "Command that offers code actions.")

(defun driver-wait (what claim)
  "Let processes and timers run until CLAIM holds, and return what it says; WHAT names it."
  (with-timeout (60 (error "Not in time: %s; the buffer is %S" what (buffer-string)))
    (let (value)
      (while (not (setq value (funcall claim)))
        (accept-process-output nil 0.05)
        (sit-for 0.01 t))
      value)))

(defun driver-open (path)
  "Visit PATH, and let Emacs do what it does after a command."
  (find-file path)
  (run-hooks 'post-command-hook)
  (driver-wait "connected" #'eglot-current-server))

(defun driver-flush ()
  "Send what was typed and ask flymake again, as Emacs does when nobody types."
  (eglot--signal-textDocument/didChange)
  (flymake-start))

(defun driver-found (diagnostic)
  "Return line, column and text of DIAGNOSTIC."
  (save-excursion
    (goto-char (flymake-diagnostic-beg diagnostic))
    (list (line-number-at-pos) (current-column) (flymake-diagnostic-text diagnostic))))

(defun driver-diagnostics (count)
  "Wait until there are COUNT diagnostics, and return them."
  (driver-wait
   (format "%d diagnostics" count)
   (lambda ()
     (driver-flush)
     (= count (length (flymake-diagnostics)))))
  (vconcat (mapcar #'driver-found (flymake-diagnostics))))

(defun driver-marked (text)
  "Wait until the only diagnostic marks TEXT."
  (driver-wait
   (format "%S marked" text)
   (lambda ()
     (driver-flush)
     (pcase (flymake-diagnostics)
       (`(,only) (equal text (buffer-substring (flymake-diagnostic-beg only) (flymake-diagnostic-end only))))))))

(defun driver-typed (type)
  "Wait until the only diagnostic is of TYPE."
  (driver-wait
   (format "a diagnostic of type %s" type)
   (lambda ()
     (driver-flush)
     (equal (list type) (mapcar #'flymake-diagnostic-type (flymake-diagnostics))))))

(defun driver-put (line text)
  "Replace LINE by TEXT."
  (goto-char (point-min))
  (forward-line (1- line))
  (delete-region (point) (line-end-position))
  (insert text))

(defun driver-go (text)
  "Put the cursor on TEXT."
  (goto-char (point-min))
  (search-forward text)
  (backward-char 1))

(defun driver-hover ()
  "Return what eldoc is told about the place of the cursor."
  (let (documentation)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq documentation text)))
    (substring-no-properties (driver-wait "documentation" (lambda () documentation)))))

(defun driver-act (title)
  "Take the code action with TITLE, and wait for what it changes."
  (let ((before (buffer-string)))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt items &rest _) (car (member title (all-completions title items))))))
      (call-interactively driver-code-action))
    (driver-wait title (lambda () (not (equal before (buffer-string)))))
    (buffer-string)))

(defun driver-leave ()
  "End the server."
  (eglot-shutdown-all))

(defun driver-main (form)
  "Evaluate FORM, print what it returns as JSON, and leave."
  (let ((result (json-encode (eval (read form) t))))
    (set-buffer-modified-p nil)
    (driver-leave)
    (princ (concat "\nRESULT " result "\n"))))

(provide 'driver)
;;; driver.el ends here
