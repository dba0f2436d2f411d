"""What FastAPI and Starlette do with the code: routes, dependencies, responses, middleware."""
