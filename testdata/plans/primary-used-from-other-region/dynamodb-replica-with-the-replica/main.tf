provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
}

resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.app.arn
  }

  replica {
    region_name = "eu-central-1"
    kms_key_arn = aws_kms_replica_key.app.arn
  }
}
