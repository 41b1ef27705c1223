resource "aws_lambda_function" "NAME" {
  function_name = "${local.prefix}-NAME"
  description   = "Handles what comes for NAME"
  role          = aws_iam_role.NAME_function.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  timeout       = 30
  memory_size   = 512
  s3_bucket     = "acme-artifacts"
  s3_key        = "TEAM/NAME/${var.environment}.zip"

  environment {
    variables = {
      STAGE     = var.environment
      LOG_LEVEL = var.environment == "prod" ? "warn" : "debug"
      ENDPOINT  = try(local.endpoints[0], "")
    }
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.NAME_function.id]
  }

  tracing_config {
    mode = "Active"
  }
}

resource "aws_security_group" "NAME_function" {
  name_prefix = "${local.prefix}-NAME-"
  vpc_id      = var.vpc_id
}

resource "aws_iam_role" "NAME_function" {
  name = "${local.prefix}-NAME-function"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "lambda.amazonaws.com" }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "NAME_function" {
  for_each = toset([
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "AWSXRayDaemonWriteAccess",
  ])

  role       = aws_iam_role.NAME_function.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_cloudwatch_log_group" "NAME_function" {
  name              = "/aws/lambda/${aws_lambda_function.NAME.function_name}"
  retention_in_days = local.retention_days
}

resource "aws_lambda_permission" "NAME" {
  statement_id  = "AllowEvents"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.NAME.function_name
  principal     = "events.amazonaws.com"
}
