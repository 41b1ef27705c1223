resource "aws_dynamodb_table" "NAME" {
  name         = "${local.prefix}-NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  dynamic "attribute" {
    for_each = { pk = "S", sk = "S", owner = "S", changed = "N" }

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    range_key       = "changed"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = var.environment == "prod"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  tags = merge(local.tags, { Name = "NAME" })
}

resource "aws_appautoscaling_target" "NAME" {
  count = var.environment == "prod" ? 1 : 0

  min_capacity       = 5
  max_capacity       = 100
  resource_id        = "table/${aws_dynamodb_table.NAME.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}

resource "aws_appautoscaling_policy" "NAME" {
  count = length(aws_appautoscaling_target.NAME)

  name               = "NAME-reads"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.NAME[0].resource_id
  scalable_dimension = aws_appautoscaling_target.NAME[0].scalable_dimension
  service_namespace  = aws_appautoscaling_target.NAME[0].service_namespace

  target_tracking_scaling_policy_configuration {
    target_value = 70

    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
  }
}

data "aws_iam_policy_document" "NAME_table" {
  statement {
    sid       = "Read"
    actions   = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.NAME.arn, "${aws_dynamodb_table.NAME.arn}/index/*"]
  }

  dynamic "statement" {
    for_each = var.environment == "prod" ? [] : ["Write"]

    content {
      sid       = statement.value
      actions   = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
      resources = [aws_dynamodb_table.NAME.arn]
    }
  }
}

resource "aws_iam_policy" "NAME_table" {
  name   = "${local.prefix}-NAME-table"
  policy = data.aws_iam_policy_document.NAME_table.json
}
