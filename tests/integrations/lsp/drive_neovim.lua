-- Drives Neovim (0.7 or newer) without a screen, as a user would: opens a file, waits for its findings, chooses code
-- actions, and writes what it sees as lines of JSON: [what, value].
local path = vim.env.KERASCHECK_FILE
local command = vim.fn.json_decode(vim.env.KERASCHECK_COMMAND)

local function report(what, value)
  io.stdout:write(vim.fn.json_encode({ what, value }) .. '\n')
  io.stdout:flush()
end

local function wait(what, condition)
  if not vim.wait(40000, condition, 20) then
    report('timeout', what)
    vim.cmd('cquit')
  end
end

vim.cmd('edit ' .. vim.fn.fnameescape(path))
local buffer = vim.api.nvim_get_current_buf()
local start = vim.lsp.start_client -- vim.lsp.start has come with 0.8
local client = start({ name = 'kerascheck', cmd = command, root_dir = vim.fn.fnamemodify(path, ':h') })
vim.lsp.buf_attach_client(buffer, client)

local function codes()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    local code = one.code or one.user_data.lsp.code
    found[#found + 1] = code .. ' ' .. (one.lnum + 1) .. ':' .. (one.col + 1)
  end
  table.sort(found)
  return found
end

local function count(code)
  local number = 0
  for _, one in ipairs(codes()) do
    number = number + (vim.startswith(one, code) and 1 or 0)
  end
  return number
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') .. '\n'
end

-- Choose the action of this title that is offered at the first finding with a code.
local function choose(code, title)
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    if (one.code or one.user_data.lsp.code) == code then
      vim.api.nvim_win_set_cursor(0, { one.lnum + 1, one.col })
      break
    end
  end
  local before, offered = text(), nil
  vim.ui.select = function(items, _, on_choice)
    offered = {}
    for _, item in ipairs(items) do
      local action = item.action or item[2]
      offered[#offered + 1] = action.title
      if action.title == title then
        on_choice(item)
      end
    end
  end
  vim.lsp.buf.code_action()
  wait('actions', function() return offered ~= nil end)
  report('offered', offered)
  wait('the edit of ' .. title, function() return text() ~= before end)
end

wait('findings', function() return #codes() > 0 end)
report('findings', codes())

choose('KC103', 'KC103: Remove input_dim')
wait('one finding less', function() return count('KC103') == 1 end)
report('fixed', text())

choose('KC103', 'Disable KC103 for this line')
wait('silence', function() return count('KC103') == 0 end)
report('silenced', text())

for row, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
  vim.api.nvim_buf_set_lines(buffer, row - 1, row, false, { (line:gsub('  # kerascheck.*', '')) })
end
wait('the finding again', function() return count('KC103') == 1 end)
choose('KC103', 'Fix all (kerascheck)')
wait('no such finding', function() return count('KC103') == 0 end)
report('all fixed', text())

-- Break it and mend it again.
vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { 'x = (' })
wait('the syntax error', function() return count('KC001') == 1 end)
report('broken', codes())
vim.api.nvim_buf_set_lines(buffer, 0, 1, false, {})
wait('no syntax error', function() return count('KC001') == 0 end)
report('mended', codes())

local position = { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = 4, character = 14 } }
local answers = vim.lsp.buf_request_sync(buffer, 'textDocument/hover', position, 20000)
report('hover', answers[client].result.contents.value)

vim.cmd('qa!')
