provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

data "aws_kms_alias" "app" {
  name = "alias/app"
}

resource "aws_sqs_queue" "orders" {
  name              = "orders"
  kms_master_key_id = data.aws_kms_alias.app.target_key_id
}
