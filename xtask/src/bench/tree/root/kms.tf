resource "aws_kms_key" "main" {
  description             = "Data of ${local.team}"
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.prefix}"
  target_key_id = aws_kms_key.main.key_id
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account_id}:root"]
    }
  }

  statement {
    sid       = "Services"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account_id}:role/TEAM-deploy"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["s3", "sqs"] : "${service}.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_group" "audit" {
  name              = "/${local.team}/audit"
  retention_in_days = local.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_s3_bucket" "archive" {
  count = var.with_archive ? 1 : 0

  bucket        = "${local.prefix}-archive"
  force_destroy = false
}

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  count  = var.with_archive ? 1 : 0
  bucket = aws_s3_bucket.archive[count.index].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}
