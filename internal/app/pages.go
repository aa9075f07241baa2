package app

import "net/http"

func (a *App) Pages(lang string) http.Handler { return http.NotFoundHandler() }
