/** Sample for who has no FastAPI code at hand. */

import * as vscode from "vscode";

/** Code with a few faults of the usual sort. */
export const SAMPLE = `import time

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()


@router.get("/reports/{name}")
async def read_report(name: str, session: AsyncSession):
    time.sleep(1)
    rows = await session.execute(text(f"SELECT * FROM reports WHERE name = '{name}'"))
    return rows.mappings().all()
`;

/** Open the sample as a new document that is stored nowhere. */
export async function openSample(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: SAMPLE });
  await vscode.window.showTextDocument(document);
}
