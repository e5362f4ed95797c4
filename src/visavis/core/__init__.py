"""The rules: permissions of keys, life of jobs and sessions, notifications, prices."""
